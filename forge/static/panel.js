// The panel on an issue, in Forge.
import { start } from "../../service/web/static/panel/panel.js";
import { ask, follow } from "./remote.js";

follow();
await start({
  show: () => ask({ show: "issue" }),
  opine: (rule, kind, on) => ask({ opinion: { rule, kind, on } }),
  mine: () => ask({ show: "mine" }),
  choose: (choice, on) => ask({ choice: { choice, on } }),
});
