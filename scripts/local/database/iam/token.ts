import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AccessKey, AccessKeys } from "../../cloud/accessKeys";
import { InternalError } from "../../../../components/errorDefinition";

/** The login that a token must be valid for. */
export interface Login {
    user: string;
    /** The cluster's host name, as its clients know it. */
    host: string;
    port: number;
    region: string;
}

/** Why a token is rejected. For the server's log only: a client does not see it. */
export class TokenError extends InternalError {}

const service = "rds-db";
const algorithm = "AWS4-HMAC-SHA256";
const lifetimeSeconds = 15 * 60;
/** The allowed clock difference. */
const skewSeconds = 5 * 60;

/**
 * Verifies an IAM authentication token: a connection request, presigned with Signature Version 4
 * (`host:port/?Action=connect&DBUser=…&X-Amz-Signature=…`). Returns the key that it was signed with.
 */
export function verifyToken(token: string, login: Login, keys: AccessKeys, now = new Date()): AccessKey {
    const [address, query] = splitOnce(token, "/?");
    const parameters = new URLSearchParams(query);
    const value = (name: string) => parameters.get(name) ?? "";
    const expect = (what: string, given: string, expected: string) => {
        if (given !== expected) throw new TokenError(`its ${what} is ${JSON.stringify(given)}, not "${expected}"`);
    };
    expect("address", address, `${login.host}:${login.port}`);
    expect("action", value("Action"), "connect");
    expect("user", value("DBUser"), login.user);
    expect("algorithm", value("X-Amz-Algorithm"), algorithm);
    // Other headers could be added without breaking the signature.
    expect("list of signed headers", value("X-Amz-SignedHeaders"), "host");

    const time = value("X-Amz-Date");
    const [id = "", ...scope] = value("X-Amz-Credential").split("/");
    expect("scope", scope.join("/"), [time.slice(0, 8), login.region, service, "aws4_request"].join("/"));
    checkTime(time, value("X-Amz-Expires"), now);
    const key = keys.find(id);
    if (!key) throw new TokenError("it is signed with an access key that does not belong to this run");
    const expected = signatureOf(address, parameters, { time, scope, secret: key.secret });
    const given = Buffer.from(value("X-Amz-Signature"));
    if (given.length !== expected.length || !timingSafeEqual(given, Buffer.from(expected))) {
        throw new TokenError("its signature does not match its access key");
    }
    return key;
}

/** RDS accepts no token for longer than 15 minutes, whatever the token specifies. */
function checkTime(time: string, expires: string, now: Date): void {
    const signed = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    const seconds = Math.min(Number(expires || Number.NaN), lifetimeSeconds);
    const age = (now.getTime() - signed) / 1000;
    if (!(age >= -skewSeconds)) throw new TokenError(`its time ${JSON.stringify(time)} is invalid or in the future`);
    if (!(age <= seconds)) throw new TokenError(`it expired ${Math.round(age - seconds)} s ago`);
}

function signatureOf(
    address: string,
    parameters: URLSearchParams,
    { time, scope, secret }: { time: string; scope: string[]; secret: string },
): string {
    const query = [...parameters]
        .filter(([name]) => name !== "X-Amz-Signature")
        .map((entry) => entry.map(encode).join("="))
        .sort();
    const request = ["GET", "/", query.join("&"), `host:${address}`, "", "host", sha256("")].join("\n");
    const key = scope.reduce<string | Buffer>((derived, part) => hmac(derived, part).digest(), `AWS4${secret}`);
    return hmac(key, [algorithm, time, scope.join("/"), sha256(request)].join("\n")).digest("hex");
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string) {
    return createHmac("sha256", key).update(text);
}

/** Percent-encoding by AWS's rules: everything except letters, digits and `-._~`. */
function encode(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

function splitOnce(text: string, separator: string): [string, string] {
    const at = text.indexOf(separator);
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
