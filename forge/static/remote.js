// Asks the service through Forge, which proves to it who asks, and about what.
import { invokeRemote, view } from "@forge/bridge";

export async function ask(body) {
  const answer = await invokeRemote({ path: "/forge/panel", method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body });
  const told = typeof answer.body === "string" ? JSON.parse(answer.body) : answer.body;
  if (!answer.status || answer.status >= 400) throw new Error(told?.error || `Clarity answered ${answer.status ?? "nothing"}.`);
  return told;
}

export const follow = () => view.theme.enable();
