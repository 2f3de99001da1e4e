/** The address of a connection. */
export interface Address {
    host: string;
    port: number;
}

/** How a build authenticates to the database. */
export interface Credential {
    /** What the next connection to this address presents. */
    password(address: Address): Promise<string>;
    /** An alternative, after the server has refused this one; undefined if there is none. */
    another(refused: string): Promise<string | undefined>;
    /** How to fix it when the server refuses every alternative; `tokenUser`: what the server asks of a user who logs in with a token. */
    advice(tokenUser: string): string;
}

/** Receives every password and token as soon as it is known, so that it is redacted from all output. */
export type Hide = (secret: string) => void;
