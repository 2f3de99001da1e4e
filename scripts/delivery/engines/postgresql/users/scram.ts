import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4096;

/**
 * The SCRAM verifier that PostgreSQL stores for a password (RFC 5803). The server accepts it in place of the password,
 * so no statement, and no statement log, ever contains the password.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
    const salted = pbkdf2Sync(prepared(password), salt, iterations, 32, "sha256");
    const hmac = (key: string) => createHmac("sha256", salted).update(key).digest();
    const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
    return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}

/** Prepared as clients do it (SASLprep, RFC 4013): ASCII is unchanged. */
function prepared(password: string): string {
    return password
        .replaceAll(/\u00AD|\u034F|\u1806|[\u180B-\u180D]|[\u200B-\u200D]|\u2060|[\uFE00-\uFE0F]|\uFEFF/g, "")
        .replaceAll(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, " ")
        .normalize("NFKC");
}
