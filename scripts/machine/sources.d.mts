import type { Facts } from "./facts.mjs";

export interface JavaSource {
    name: "pip" | "apt";
    platforms: string[];
    needs: (keyof Facts)[];
}

export interface InstallCommands {
    java: string;
    maven: string;
    /** The release of Java that the command installs, where `apt` may run it. */
    release?: number;
}

export const javaSources: JavaSource[];
export const installCommands: (InstallCommands & { on: string; before?: number })[];
export function sourcesFor(facts: Facts): JavaSource["name"][];
export function commandsFor(facts: Pick<Facts, "system" | "distribution">): InstallCommands;
