// A client of the control API that is typed by the OpenAPI document.
import createClient from "openapi-fetch";
import type { paths } from "./control.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2], headers: { "X-Mockmail-Sandbox": "typed" } });

const fault = await client.POST("/_mockmail/faults", {
  body: { vendor: "postmark", operation: "email.*", status: 503, times: 2 },
});
const used: number | undefined = fault.data?.used;

const found = await client.POST("/_mockmail/messages/wait", { body: { to: "jane@example.com", timeout: 10 } });
const subjects: string[] = (found.data?.messages ?? []).map((message) => message.subject);
const sentBy: string | undefined = found.data?.messages[0]?.sent_by.client;

const refused = await client.POST("/_mockmail/messages/wait", { body: { count: 0 } });
const error: string | undefined = refused.error?.error;

const clock = await client.POST("/_mockmail/clock/freeze", { body: { at: "2026-01-31T12:00:00Z" } });
const reset = await client.POST("/_mockmail/reset", { body: {} });

// Each of these is a mistake that the compiler finds.
// @ts-expect-error: there is no such path
client.GET("/_mockmail/mesages");
// @ts-expect-error: vendor is missing
const incomplete: paths["/_mockmail/faults"]["post"]["requestBody"]["content"]["application/json"] = { status: 503 };
// @ts-expect-error: a count is a number
const wrong: paths["/_mockmail/messages/wait"]["post"]["requestBody"] = { content: { "application/json": { count: "1" } } };
// @ts-expect-error: null resets nothing
const nothing: NonNullable<paths["/_mockmail/reset"]["post"]["requestBody"]>["content"]["application/json"] = { vendor: null };
// @ts-expect-error: a response has no such field
fault.data?.uses;

console.log(JSON.stringify({ used, subjects, sentBy, error, now: clock.data?.now, reset: reset.response.status }));
