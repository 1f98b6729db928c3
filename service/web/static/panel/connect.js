// The panel in a frame of Jira's, as a Connect app. Every call carries a token for this issue; no cookie is used.
import { start } from "./panel.js";
import { follow } from "./theme.js";

const base = new URL("../panel/", import.meta.url);
let token = document.querySelector('meta[name="token"]').content;

async function send(path, body) {
  const headers = { Authorization: `JWT ${token}`, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(new URL(path, base), { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "omit" });
}

// Jira's own script gives a new token when ours has expired, as in a page left open over night.
function renewed() {
  const host = globalThis.AP?.context;
  return host ? new Promise((done) => host.getToken(done)) : Promise.resolve("");
}

async function ask(path, body) {
  let answer = await send(path, body);
  if (answer.status === 401 && (token = await renewed() || token)) answer = await send(path, body);
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Error("This page has been open for long. Reload it.");
  if (!answer.ok) throw new Error(told.error || `Clarity answered ${answer.status}.`);
  token = told.token || token;
  return told;
}

follow();
const resized = () => globalThis.AP?.resize?.("100%", `${document.body.scrollHeight}px`);
addEventListener("clarity:resized", resized);
await start({
  show: () => ask("findings"),
  opine: (rule, kind, on) => ask("opinion", { rule, kind, on }),
  mine: () => ask("mine"),
  choose: (choice, on) => ask("mine", { choice, on }),
  resized,
});
