import type { ErrorDefinition, Facts } from "../../components/errorDefinition";

export const machineErrors: Readonly<Record<string, ErrorDefinition>>;

export class MachineError extends Error {
    constructor(name: string, facts?: Facts);
    readonly code: string;
    readonly facts: Facts;
}
