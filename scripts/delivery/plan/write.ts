import { Outputs as Files } from "../../../components/contract";
import type { Fingerprint } from "../engines/fingerprint";
import type { Context } from "../context";
import { planHtml } from "./html";
import { planMarkdown } from "./markdown";
import type { Plan } from "./model";

/** Writes a plan to the build's artifact: for later builds, and for people. */
export function writePlan(
    { outputs, engine, tool }: Pick<Context, "outputs" | "engine" | "tool">,
    plan: Plan,
    catalog: Fingerprint,
): void {
    outputs.json(Files.planJson, plan);
    outputs.json(Files.catalogJson, catalog);
    outputs.page(Files.planMarkdown, plan, (shown) => planMarkdown(shown, tool));
    outputs.page(Files.planHtml, plan, (shown) => planHtml(shown, engine.capabilities, tool));
}
