import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

/** Paths of PEM files. */
export interface Certificates {
    /** The authority that the other side trusts. */
    authority: string;
    certificate: string;
    key: string;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 397 * day;

/** Name in the authenticator's certificate. */
export const authenticatorName = "rds-iam-authenticator";

/**
 * A certificate for `localhost` from its own authority, whose key is discarded. Created once, and again when it is
 * about to expire.
 */
export function ensureCertificates(directory: string): Promise<Certificates> {
    return ensure(directory, ["ca.pem", "server.crt", "server.key"], "localhost", [
        { name: "extKeyUsage", serverAuth: true },
        {
            name: "subjectAltName",
            altNames: [
                { type: 2, value: "localhost" },
                { type: 7, ip: "127.0.0.1" },
                { type: 7, ip: "::1" },
            ],
        },
    ]);
}

/** A separate authority: trusting the server must not imply trusting its clients. */
export function ensureAuthenticatorCertificates(directory: string): Promise<Certificates> {
    const files = ["authenticator-ca.pem", "authenticator.crt", "authenticator.key"] as const;
    return ensure(directory, files, authenticatorName, [{ name: "extKeyUsage", clientAuth: true }]);
}

async function ensure(
    directory: string,
    names: readonly [string, string, string],
    commonName: string,
    extensions: NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>,
): Promise<Certificates> {
    const [authority, certificate, key] = names.map((name) => join(directory, name)) as [string, string, string];
    const files = { authority, certificate, key };
    if (Object.values(files).every(existsSync) && expiresAfter(certificate, 7 * day)) return files;
    const issuer = await generate([{ name: "commonName", value: "aurora-pipeline local run" }], {
        ...validity(),
        extensions: [
            { name: "basicConstraints", cA: true, critical: true },
            { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
        ],
    });
    const subject = await generate([{ name: "commonName", value: commonName }], {
        ...validity(),
        ca: { key: issuer.private, cert: issuer.cert },
        extensions: [
            { name: "basicConstraints", cA: false, critical: true },
            { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
            ...extensions,
        ],
    });
    writeFileSync(authority, issuer.cert);
    writeFileSync(key, subject.private, { mode: 0o600 });
    writeFileSync(certificate, subject.cert);
    return files;
}

function validity() {
    // A clock that is slightly behind must not reject the certificate.
    const notBeforeDate = new Date(Date.now() - day);
    return {
        keyType: "ec" as const,
        algorithm: "sha256",
        notBeforeDate,
        notAfterDate: new Date(notBeforeDate.getTime() + lifetime),
    };
}

function expiresAfter(certificate: string, milliseconds: number): boolean {
    return Date.parse(new X509Certificate(readFileSync(certificate)).validTo) > Date.now() + milliseconds;
}
