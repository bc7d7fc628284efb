/** Words for what the engine says in numbers. */
import { errnoName } from '../engine/bits.js';

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `-14` becomes `-EFAULT (-14)`; other answers stay as they are. */
export function answerWords(text: string): string {
  const name = /^-\d+$/.test(text) ? errnoName(Number(text)) : undefined;
  return name ? `-${name} (${text})` : text;
}
