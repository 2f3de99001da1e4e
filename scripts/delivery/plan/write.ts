import { Outputs as Files } from "../../../components/contract";
import type { Fingerprint } from "../catalog";
import type { Outputs } from "../report/outputs";
import { planHtml } from "./html";
import { planMarkdown } from "./markdown";
import type { Plan } from "./model";

/** Writes a plan into the build's artifact: for the builds after it, and for people. */
export function writePlan(outputs: Outputs, plan: Plan, catalog: Fingerprint): void {
    outputs.json(Files.planJson, plan);
    outputs.json(Files.catalogJson, catalog);
    outputs.page(Files.planMarkdown, plan, planMarkdown);
    outputs.page(Files.planHtml, plan, (shown) => planHtml(shown));
}
