/** What the session needs from where it runs: an editor, Node, or a browser. */
export interface Host {
  /**
   * The text of a file, by the path or URI that the client uses.
   * @throws Error with a message for a person
   */
  readFile(pathOrUri: string): Promise<string>;
}

/** Lets everything else that waits (input above all) happen first. Works in Node and in a web worker. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
