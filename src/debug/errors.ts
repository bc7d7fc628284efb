/** What the session answers when it cannot do what was asked. Numbers are stable: clients and tests may rely on them. */
export const ErrorId = {
  /** Something in the request is missing or of the wrong type. */
  Malformed: 1001,
  /** There is no such request, or this session does not support it. */
  Unsupported: 1002,
  /** The request needs a running scenario, or one that stands still. */
  WrongTime: 1003,
  /** A reference, thread, frame, source or step that does not exist. */
  Unknown: 1004,
  /** A launch attribute is wrong. */
  Launch: 2001,
  /** The scenario file cannot be read. */
  File: 2002,
  /** The scenario has mistakes. */
  Scenario: 2003,
  /** An expression or a command of the console is wrong. */
  Expression: 3001,
  /** The value cannot be set. */
  Value: 3002,
  /** It would discard something: the same request again does it. */
  Confirm: 3003,
  /** A mistake of the session itself. */
  Internal: 9001,
} as const;
export type ErrorId = (typeof ErrorId)[keyof typeof ErrorId];

/** Ends a request with an error response. The message is a sentence for a person: what is wrong, and what is right. */
export class RequestError extends Error {
  constructor(
    readonly id: ErrorId,
    message: string,
    /** Show it to the person even if the client treats the request as background work. */
    readonly show = false,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}
