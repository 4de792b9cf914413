"""The page's own clients, run for real: curl, Node's https module (as http here), Python."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

SUCCESS = {"resultType": 0, "innerMessages": [], "exception": None, "actualObjectDN": None, "extraInfo": {}}

NODE = """
const http = require('http');
const base = new URL(process.env.BASE_URL);
const body = JSON.stringify({
    directoryObject: 'CN=John Smith,CN=Users,DC=example,DC=com',
    subject: 'My email subject',
    text: 'My email body',
});
const options = {
    method: 'POST',
    hostname: base.hostname,
    port: base.port,
    path: '/restApi/api/directoryObjects/sendMail',
    headers: {'Adm-Authorization': 'YOUR-SECURITY-TOKEN', 'Content-Type': 'application/json'},
};
const request = http.request(options, answer => {
    const chunks = [];
    answer.on('data', chunk => chunks.push(chunk));
    answer.on('end', () => console.log(Buffer.concat(chunks).toString()));
});
request.write(body);
request.end();
"""

PYTHON = """
import json, os
base_url = os.environ["BASE_URL"] + "/restApi"
headers = {"Adm-Authorization": "YOUR-SECURITY-TOKEN"}
body = {
    "directoryObject": "CN=John Smith,CN=Users,DC=example,DC=com",
    "subject": "My email subject",
    "text": "My email body",
}
url = base_url + "/api/directoryObjects/sendMail"
try:
    import requests
except ImportError:
    from urllib.request import Request, urlopen
    sent = Request(url, json.dumps(body).encode(), {**headers, "Content-Type": "application/json"})
    content = urlopen(sent).read()
else:
    content = requests.post(url, headers=headers, json=body).content
print(json.dumps(json.loads(content)))
"""


def run(command, url):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    environment = {"BASE_URL": url, "PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "*"}
    done = subprocess.run(command, capture_output=True, timeout=60, check=True, env=environment)
    return json.loads(done.stdout)


def test_curl_example_of_the_page_sends_a_mail(mockmail):
    document = {
        "directoryObject": "CN=John Smith,CN=Users,DC=example,DC=com",
        "subject": "My email subject",
        "text": "My email body",
    }
    command = [
        "curl", "--silent",
        "--header", "Adm-Authorization: YOUR-SECURITY-TOKEN",
        "--header", "Content-Type: application/json",
        "--request", "POST", f"{mockmail.url}/restApi/api/directoryObjects/sendMail",
        "--data-raw", json.dumps(document, indent=4),
    ]  # fmt: skip
    assert run(command, mockmail.url) == SUCCESS
    assert mockmail.inbox.wait_for(to="john.smith@example.com").text.strip() == "My email body"


@pytest.mark.parametrize("command", [["node", "-e", NODE], [sys.executable, "-c", PYTHON]], ids=["node", "python"])
def test_script_of_the_page_sends_a_mail(mockmail, command):
    assert run(command, mockmail.url) == SUCCESS
    message = mockmail.inbox.wait_for(to="john.smith@example.com")
    assert (message.subject, message.text.strip()) == ("My email subject", "My email body")


@pytest.mark.parametrize("base", ["/restApi", "", "/adaxes/restApi", "/~other/restApi"])
def test_every_base_url_is_served(mockmail, base):
    command = [
        "curl", "--silent", "--header", "Adm-Authorization: YOUR-SECURITY-TOKEN",
        f"{mockmail.url}{base}/api/directoryObjects?directoryObject=7a4267ce-d354-44e7-8bd6-c681f1284a41",
    ]  # fmt: skip
    assert run(command, mockmail.url)["dn"] == "CN=John Smith,CN=Users,DC=example,DC=com"


def test_environment_has_base_url_and_token(mockmail):
    given = mockmail.adaxes.environment
    assert given["ADAXES_BASE_URL"] == f"{mockmail.url}/adaxes/restApi"
    assert given["ADAXES_TOKEN"] == mockmail.adaxes.credentials["token"] == "YOUR-SECURITY-TOKEN"
