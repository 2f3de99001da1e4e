import { InternalError } from "../errors";

/** The kinds of server errors that the program acts on. */
export const ErrorKind = {
    /** The connection was lost, or the server is shutting down, has crashed or is starting. */
    ConnectionLost: "ConnectionLost",
    /** The server or the transaction is read-only. */
    ReadOnly: "ReadOnly",
    /** A lock could not be acquired in time. */
    LockNotAvailable: "LockNotAvailable",
    /** A deadlock, of which this session was the victim. */
    Deadlock: "Deadlock",
    PermissionDenied: "PermissionDenied",
    /** The statement ran longer than its limit. */
    TimedOut: "TimedOut",
    /** The statement was canceled by hand. */
    Canceled: "Canceled",
    /** The server refuses for any other reason: data, syntax, or the objects involved. */
    Refused: "Refused",
} as const;
export type ErrorKind = (typeof ErrorKind)[keyof typeof ErrorKind];

/** Kinds after which the same request may be retried on the current writer. */
export function isTransientKind(kind: ErrorKind | undefined): boolean {
    return kind === ErrorKind.ConnectionLost || kind === ErrorKind.ReadOnly;
}

/** Kinds that mean a lock was not granted, by timeout or deadlock. */
export function isLockNotGiven(kind: ErrorKind | undefined): boolean {
    return kind === ErrorKind.LockNotAvailable || kind === ErrorKind.Deadlock;
}

/** A connection that was given up: its pending requests fail with this error. */
export class ConnectionLost extends InternalError {
    constructor(
        message: string,
        /** Whether the server does not answer on other connections either. */
        readonly silent: boolean,
    ) {
        super(message);
    }
}
