import { closest, distance } from "fastest-levenshtein";
import type { SchemaAdvice } from "../engines/engine";

/** A setting of a tool that the pipeline does not take, and why. */
export interface RefusedSetting {
    pattern: RegExp;
    reason: string | ((schemas: SchemaAdvice) => string);
}

/** What a tool's file may set. */
export interface SettingNames {
    /** Named in the suggestion for a misspelt one. */
    keys: readonly string[];
    refused: readonly RefusedSetting[];
    /** A sentence that lists what is allowed. */
    allowed: string;
}

/** Why a setting is not taken, and what takes its place. */
export function reasonAgainst(key: string, schemas: SchemaAdvice, { keys, refused, allowed }: SettingNames): string {
    const found = refused.find(({ pattern }) => pattern.test(key));
    if (found) {
        const { reason } = found;
        return `remove it, ${typeof reason === "string" ? reason : reason(schemas)}`;
    }
    const nearest = closest(key, [...keys]);
    const suggestion = distance(key, nearest) <= 3 ? `did you mean "${nearest}"? ` : "";
    return `unknown; ${suggestion}${allowed}`;
}

/** A key appears in the build's log: line breaks or escapes in it must not forge a line. */
export function printable(key: string): string {
    return /^[\x21-\x7e]*$/.test(key) && key !== "" ? key : JSON.stringify(key).replace(/[^\x20-\x7e]/g, "?");
}
