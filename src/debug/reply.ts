/** How a request is answered. */
export interface Reply {
  readonly body?: object;
  /** What happens once the response was sent. */
  readonly after?: () => void | Promise<void>;
}

/** Answers a request, or throws a RequestError. */
export type Handler = (args: unknown) => Reply | Promise<Reply>;
