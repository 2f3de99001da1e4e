// Text that somebody else wrote, made harmless for each place that shows it: one function a place.
export { escapeHtml } from "./html";
export { jsonText } from "./json";
export { logLine, logLines } from "./logLine";
export { code, codeCell, fence, inline, inlineCell } from "./markdown";
export { metricValue } from "./metric";
export { visible } from "./visible";
export { xmlAttribute, xmlText } from "./xml";
