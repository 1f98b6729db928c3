// A project's page in a frame of Jira's, as a Connect app. Every call carries a token for this project; no cookie.
import { attach } from "./trends.js";
import { follow } from "./theme.js";

const base = new URL("../project/", import.meta.url);
let token = document.querySelector('meta[name="token"]').content;

async function ask(chosen) {
  const address = new URL("trends", base);
  address.search = new URLSearchParams(chosen);
  const answer = await fetch(address, { headers: { Authorization: `JWT ${token}`, Accept: "application/json" }, credentials: "omit" });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Error("This page has been open for long. Reload it.");
  if (!answer.ok) throw new Error(told.error || `Clarity answered ${answer.status}.`);
  token = told.token || token;
  return told.html;
}

follow();
addEventListener("clarity:resized", () => globalThis.AP?.resize?.("100%", `${document.body.scrollHeight}px`));
attach(document.getElementById("project-trends"), ask);
