/** All tools in the order of the toolbar. */
import type { ToolId } from "../editor";
import { boxTool } from "./box";
import { brush, eraser } from "./brush";
import { commentTool } from "./comment";
import { cutTool } from "./cut";
import { fillTool } from "./fill";
import { joinTool } from "./join";
import { livewireTool } from "./livewire";
import { panTool } from "./pan";
import { polygonTool } from "./polygon";
import { selectTool } from "./select";
import { simplifyTool } from "./simplify";
import { suggestTool } from "./suggest";
import { superpixelTool } from "./superpixels";
import type { Tool } from "./tool";

export const TOOLS: Readonly<Record<ToolId, Tool>> = {
  select: selectTool, pan: panTool, polygon: polygonTool, brush, eraser, fill: fillTool, box: boxTool, suggest: suggestTool, livewire: livewireTool,
  superpixels: superpixelTool, cut: cutTool, join: joinTool, simplify: simplifyTool, comment: commentTool,
};
