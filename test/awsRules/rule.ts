import type { Recorded } from "../support/mocks";
import type { Inputs } from "./inputs";

/** Where a rule is written. */
export type Source =
    /** In an API model, word for word: a test looks whether it still is. */
    | { service: string; shape: string; member: string; says: string }
    /** On a page, in our words; the day it was noted down (ISO 8601). No machine has compared it with the page since. */
    | { page: string; noted: string; says: string };

/** What of a resource's options decides whether AWS takes it. */
export type Options = Pick<Recorded, "deleteBeforeReplace">;

export interface ProseRule {
    id: string;
    /** Types of the resources that it is about. */
    types: string[];
    source: Source;
    /** What is wrong with the inputs of a resource; undefined if they are right. Names that Pulumi makes are filled in. */
    check: (inputs: Inputs, options: Options) => string | undefined;
}
