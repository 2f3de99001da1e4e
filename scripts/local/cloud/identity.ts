import { createHash } from "node:crypto";

/** Where the recorded resources pretend to live. The account id is one that AWS does not give out. */
export interface Location {
    region: string;
    accountId: string;
}

export const localAccountId = "000000000000";

/** Hexadecimal digits that are the same for the same text at every run. */
export function digest(text: string, length: number): string {
    return createHash("sha256").update(text).digest("hex").slice(0, length);
}

export function arn(location: Location, service: string, resource: string): string {
    return `arn:aws:${service}:${location.region}:${location.accountId}:${resource}`;
}

export function globalArn(location: Location, service: string, resource: string): string {
    return `arn:aws:${service}::${location.accountId}:${resource}`;
}
