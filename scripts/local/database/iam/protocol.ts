import type { Readable } from "node:stream";
import { InternalError } from "../../../../components/errorDefinition";

// The part of PostgreSQL's wire protocol that comes before a session: https://www.postgresql.org/docs/17/protocol-message-formats.html

/** Special requests at the start of a connection; for an ordinary start, the number is the protocol's version. */
export const requestCodes = { cancel: 80877102, tls: 80877103, gss: 80877104 } as const;

/** Maximum length of a packet before authentication; PostgreSQL's own limit for passwords. */
const longest = 65_536;

/** The peer is gone, or does not speak the protocol. */
export class ProtocolError extends InternalError {}

/** A client's first packet, complete: length, code and content. It has no type. */
export async function readStartup(stream: Readable): Promise<{ code: number; packet: Buffer }> {
    const packet = await readPacket(stream, Buffer.alloc(0));
    return { code: packet.readInt32BE(4), packet };
}

export interface Message {
    /** One letter. */
    type: string;
    content: Buffer;
    /** The bytes on the wire. */
    packet: Buffer;
}

export async function readMessage(stream: Readable): Promise<Message> {
    const packet = await readPacket(stream, await readExactly(stream, 1));
    return { type: packet.toString("latin1", 0, 1), content: packet.subarray(5), packet };
}

async function readPacket(stream: Readable, head: Buffer): Promise<Buffer> {
    const length = await readExactly(stream, 4);
    const size = length.readInt32BE() - 4;
    if (size < (head.length === 0 ? 4 : 0) || size > longest) throw new ProtocolError(`a packet of ${size} bytes`);
    return Buffer.concat([head, length, size === 0 ? Buffer.alloc(0) : await readExactly(stream, size)]);
}

/** The rest stays in the stream for the next reader. */
export async function readExactly(stream: Readable, size: number): Promise<Buffer> {
    for (;;) {
        const chunk = stream.read(size) as Buffer | null;
        if (chunk?.length === size) return chunk;
        if (chunk || stream.readableEnded || stream.destroyed) throw new ProtocolError("the connection has ended");
        await readable(stream);
    }
}

function readable(stream: Readable): Promise<void> {
    const events = ["readable", "end", "close", "error"];
    return new Promise((resolve) => {
        const done = () => {
            for (const event of events) stream.off(event, done);
            resolve();
        };
        for (const event of events) stream.on(event, done);
    });
}

/** The user in a startup packet. */
export function userOf(packet: Buffer): string {
    const fields = packet.toString("utf8", 8).split("\0");
    const at = fields.findIndex((field, index) => index % 2 === 0 && field === "user");
    const user = at < 0 ? undefined : fields[at + 1];
    if (!user) throw new ProtocolError("a start without a user");
    return user;
}

/** Whether a server's message admits the client without further questions. */
export function isAuthenticationOk({ type, content }: Message): boolean {
    return type === "R" && content.readInt32BE() === 0;
}

export const requestTls = Buffer.concat([int32(8), int32(requestCodes.tls)]);
/** Requests a cleartext password. */
export const askForPassword = message("R", int32(3));
/** Terminates a session. */
export const terminate = message("X");

/** The password in a client's answer. */
export function passwordOf({ type, content }: Message): string {
    if (type !== "p") throw new ProtocolError(`a message "${type}" where a password was asked for`);
    return content.toString("utf8", 0, content.indexOf(0));
}

/** A fatal error, the last message to a client. */
export function fatal(code: string, text: string): Buffer {
    const fields = { S: "FATAL", V: "FATAL", C: code, M: text };
    return message(
        "E",
        Buffer.from(
            `${Object.entries(fields)
                .map((field) => field.join(""))
                .join("\0")}\0\0`,
        ),
    );
}

function message(type: string, content: Buffer = Buffer.alloc(0)): Buffer {
    return Buffer.concat([Buffer.from(type, "latin1"), int32(content.length + 4), content]);
}

function int32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
}
