// The page of a project and the gadget of a dashboard, in Forge.
import { view } from "@forge/bridge";
import { element } from "../../service/web/static/panel/panel.js";
import { draw } from "../../service/web/static/panel/standing.js";
import { ask, follow } from "./remote.js";

const place = document.getElementById("panel");
follow();
try {
  const { extension } = await view.getContext();
  draw(place, await ask({ show: extension?.project ? "project" : "site" }));
} catch (error) {
  const said = element("p", "trouble", error.message);
  said.setAttribute("role", "alert");
  place.replaceChildren(said);
}
place.setAttribute("aria-busy", "false");
