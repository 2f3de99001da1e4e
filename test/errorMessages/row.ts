import type { Facts } from "../../components/errorDefinition";

/** One error of a kind, with its whole message as a user reads it, written out. */
export interface Row<GivenFacts = Facts> {
    code: `AP${number}`;
    facts: GivenFacts;
    /** Of a build; `either`: the code that raises it decides. */
    exit?: 1 | 2 | "either";
    message: string;
}

/** A row for each kind of an area, by the name of its class. */
export type Messages<Errors> = {
    readonly [Name in keyof Errors]: Row<
        Errors[Name] extends new (facts: infer GivenFacts, ...rest: never[]) => unknown ? GivenFacts : Facts
    >;
};
