import { randomBytes } from "node:crypto";
import type { DatabaseSettings } from "../settings";

/** The address of the copy; user and CA certificates are the original's. */
export type CopyAddress = Pick<DatabaseSettings, "host" | "port" | "name">;

/** A copy of the database, made for one rehearsal. */
export interface Copy {
    make(): Promise<CopyAddress>;
    /** Deletes whatever exists of it, even if it is only half made or was never made. */
    remove(): Promise<void>;
}

/** The administrator of a clone: the original's master user, with a password that is valid on the clone only. */
export interface CloneMaster {
    username: string;
    password: string;
}

export interface CloneLogin {
    /** The original's; its user runs the rehearsal. */
    database: DatabaseSettings;
    address: CopyAddress;
    master: CloneMaster;
    signal: AbortSignal;
    secondsBetweenAttempts?: number;
}

/**
 * Printable, without the characters that RDS refuses in a master password (`/`, `"`, `@`); 40 of at most 41 characters.
 */
export function newPassword(): string {
    return randomBytes(20).toString("hex");
}
