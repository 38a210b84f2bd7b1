/** All tools in the order of the toolbar. */
import type { ToolId } from "../editor";
import { brush, eraser } from "./brush";
import { commentTool } from "./comment";
import { panTool } from "./pan";
import { polygonTool } from "./polygon";
import { selectTool } from "./select";
import type { Tool } from "./tool";

export const TOOLS: Readonly<Record<ToolId, Tool>> = { select: selectTool, pan: panTool, polygon: polygonTool, brush, eraser, comment: commentTool };
