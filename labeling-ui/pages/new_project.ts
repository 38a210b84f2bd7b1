// A new project: more rows of classes, and only the fields of the chosen mode.
import { wireClassRows } from "./lib/class_rows";
import { wireModes } from "./lib/modes";

wireClassRows();
wireModes();
