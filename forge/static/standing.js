// The page of a project and the gadget of a dashboard, in Forge.
import { view } from "@forge/bridge";
import { element } from "../../service/web/static/panel/panel.js";
import { draw } from "../../service/web/static/panel/standing.js";
import { show } from "../../service/web/static/panel/trends.js";
import { ask, follow } from "./remote.js";

const place = document.getElementById("panel");
follow();
try {
  const { extension } = await view.getContext();
  const told = await ask({ show: extension?.project ? "project" : "site", pictures: "later" });
  draw(place, told);
  if (told.trends) {
    const trends = element("div");
    place.append(trends);
    show(trends, told.trends, async (chosen) => (await ask({ show: "project", ...chosen })).trends);
  }
} catch (error) {
  const said = element("p", "trouble", error.message);
  said.setAttribute("role", "alert");
  place.replaceChildren(said);
}
place.setAttribute("aria-busy", "false");
