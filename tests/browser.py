"""What tests do with the page, in words of the page."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import Any


def open_chromium(binary: str, driver: str, proxy_port: int) -> Any:
    """Return a headless Chromium that reaches nothing but the proxy."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (
        "--headless=new",
        "--no-sandbox",  # the tests may run as root, in a container
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-features=NetworkTimeServiceQuerying,AutofillServerCommunication,OptimizationHints,Translate,MediaRouter",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-lcd-text",  # pictures without coloured edges are smaller
        "--force-prefers-reduced-motion",
        f"--proxy-server=127.0.0.1:{proxy_port}",
        "--proxy-bypass-list=<-loopback>",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(driver))


ROLES = {
    "button": "button, summary",
    "combobox": "select",
    "heading": "h1, h2, h3",
    "link": "a[href]",
    "searchbox": "input[type=search]",
    "tab": "[role=tab]",
    "textbox": "textarea, input:not([type=search], [type=checkbox])",
}
"""The elements of the page with each role."""


class Page:
    """The page in a browser. Every look waits for up to 10 seconds."""

    def __init__(self, driver: Any, url: str, proxy: Any = None) -> None:
        self.driver = driver
        self.url = url
        self.proxy = proxy
        self.expected_errors = ["/_mockmail/docs/"]  # 404 where the documentation is not built

    def open(self, place: str = "", *, root: str | None = None) -> Page:
        """Open a place of the page, such as `#/inbox`, as a new visitor who waits until it is live."""
        self.driver.get(f"{root or self.url}/_mockmail/ui/{place}")
        self.see(".live:not(.lost)")
        return self

    def leave(self) -> None:
        self.driver.get("about:blank")

    def resize(self, width: int, height: int) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def colours(self, scheme: str) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )

    def wait(self, condition: Any, seconds: float = 10) -> Any:
        """Return what the condition returns, as soon as that is true."""
        from selenium.common.exceptions import (
            NoSuchElementException,
            StaleElementReferenceException,
        )
        from selenium.webdriver.support.ui import WebDriverWait

        ignored = (NoSuchElementException, StaleElementReferenceException)
        return WebDriverWait(self.driver, seconds, 0.03, ignored).until(lambda _: condition())

    def all(self, selector: str, text: str = "") -> list[Any]:
        """Return the visible elements that have a text."""
        found = self.driver.find_elements("css selector", selector)
        return [element for element in found if element.is_displayed() and text in element.text]

    def see(self, selector: str, text: str = "") -> Any:
        """Return the first visible element that has the text, as soon as there is one."""
        try:
            return self.wait(lambda: self.all(selector, text))[0]
        except Exception as error:
            raise AssertionError(
                f"there is no {selector} with {text!r} on the page:\n{self.text()[:3000]}\n{self.errors()}"
            ) from error

    def gone(self, selector: str, text: str = "") -> None:
        self.wait(lambda: not self.all(selector, text))

    def click(self, selector: str, text: str = "") -> None:
        from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException

        for _ in range(3):
            try:
                self.see(selector, text).click()
                break
            except (StaleElementReferenceException, ElementClickInterceptedException):
                continue
        else:
            raise AssertionError(f"{selector} with {text!r} cannot be clicked")

    def role(self, role: str, name: str) -> Any:
        """Return the first visible element that a screen reader announces with a role, and a name that has a text."""

        def named() -> Any:
            found = self.driver.find_elements("css selector", ROLES[role])
            return next((each for each in found if name in each.accessible_name and each.is_displayed()), None)

        try:
            return self.wait(named)
        except Exception as error:
            raise AssertionError(f"there is no {role} {name!r} on the page:\n{self.text()[:3000]}") from error

    def fill(self, selector: str, text: str) -> None:
        field = self.see(selector)
        field.clear()
        field.send_keys(text)

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def rows(self) -> list[str]:
        """Return the first line of each row of the list."""
        return [element.text for element in self.all(".rows li .first")]

    def text(self) -> str:
        return self.driver.execute_script("return document.body?.innerText ?? ''")

    def title(self) -> str:
        return self.driver.title

    def place(self) -> str:
        return self.driver.execute_script("return location.hash")

    def script(self, source: str, *given: Any) -> Any:
        return self.driver.execute_script(source, *given)

    def copied(self, label: str) -> str:
        """Return what a button copies."""
        self.script("navigator.clipboard.writeText = async (text) => { window.copied = text; }; window.copied = null;")
        self.click("button", label)
        return self.wait(lambda: self.script("return window.copied"))

    def confirm(self) -> None:
        """Accept the question that the page asks."""
        self.wait(lambda: self.driver.switch_to.alert.accept() or True)

    def errors(self) -> list[str]:
        """Return what the console shows as an error, except what a test expects."""
        found = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [line for line in found if not any(expected in line for expected in self.expected_errors)]

    def width_needed(self) -> int:
        return self.script("return document.documentElement.scrollWidth")

    def picture(self, path: Any) -> None:
        self.driver.save_screenshot(str(path))


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8d"
    "b00000000049454e44ae426082"
)


def reset_mail():
    message = EmailMessage()
    message["From"], message["To"] = "App <app@example.com>", "jane@example.com"
    message["Subject"], message["Date"] = "Reset your password", "Mon, 01 Jan 2024 00:00:00 +0000"
    message.set_content("Your code is 482913. See https://app.example/reset?t=1")
    message.add_alternative(
        '<p>Reset: <a href="https://app.example/reset?t=1">here</a> <img src="cid:l@a"></p>', "html"
    )
    message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<l@a>")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="numbers.csv")
    return message


def deliver(mm, message, sandbox=""):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
        if sandbox:
            smtp.login(f"~{sandbox}", "any")
        smtp.send_message(message)
