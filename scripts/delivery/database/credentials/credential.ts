/** Where a connection goes. */
export interface Address {
    host: string;
    port: number;
}

/** With what a build proves to the database who it is. */
export interface Credential {
    /** What the next connection to this address shows. */
    password(address: Address): Promise<string>;
    /** Another one to try, now that the server has refused this one; undefined when there is none. */
    another(refused: string): Promise<string | undefined>;
    /** What to put right when the server refuses all there is. */
    readonly advice: string;
}

/** Told of every password and token as soon as it is known, to keep it out of what the program writes. */
export type Hide = (secret: string) => void;
