import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface Certificates {
    /** The authority that clients trust. */
    authority: string;
    /** The server's certificate and key. */
    certificate: string;
    key: string;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 397 * day;

/**
 * A certificate for `localhost` from an authority of its own, whose key is thrown away. Made once, and again when it
 * is about to expire.
 */
export async function ensureCertificates(directory: string): Promise<Certificates & { renewed: boolean }> {
    const files = {
        authority: join(directory, "ca.pem"),
        certificate: join(directory, "server.crt"),
        key: join(directory, "server.key"),
    };
    if (Object.values(files).every(existsSync) && expiresAfter(files.certificate, 7 * day)) {
        return { ...files, renewed: false };
    }
    const authority = await generate([{ name: "commonName", value: "aurora-pipeline local run" }], {
        ...validity(),
        extensions: [
            { name: "basicConstraints", cA: true, critical: true },
            { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
        ],
    });
    const server = await generate([{ name: "commonName", value: "localhost" }], {
        ...validity(),
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
            { name: "basicConstraints", cA: false, critical: true },
            { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
            { name: "extKeyUsage", serverAuth: true },
            {
                name: "subjectAltName",
                altNames: [
                    { type: 2, value: "localhost" },
                    { type: 7, ip: "127.0.0.1" },
                    { type: 7, ip: "::1" },
                ],
            },
        ],
    });
    writeFileSync(files.authority, authority.cert);
    writeFileSync(files.key, server.private, { mode: 0o600 });
    writeFileSync(files.certificate, server.cert);
    return { ...files, renewed: true };
}

function validity() {
    // A clock that is a little behind must not refuse the certificate.
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
