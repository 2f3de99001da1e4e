import { createHash } from "node:crypto";

/** The pretended location of the recorded resources. AWS does not assign this account ID. */
export interface Location {
    region: string;
    accountId: string;
}

export const localAccountId = "000000000000";

/** Hexadecimal digits derived from the text, the same in every run. */
export function digest(text: string, length: number): string {
    return createHash("sha256").update(text).digest("hex").slice(0, length);
}

export function arn(location: Location, service: string, resource: string): string {
    return `arn:aws:${service}:${location.region}:${location.accountId}:${resource}`;
}

export function globalArn(location: Location, service: string, resource: string): string {
    return `arn:aws:${service}::${location.accountId}:${resource}`;
}
