/** Numbers for things, the same number for the same thing as long as the session lives. */
export class Handles<T> {
  private readonly numbers = new Map<string, number>();
  private readonly values: T[] = [];

  /** @param first the first number that is given out */
  constructor(private readonly first = 1) {}

  /** The number of a thing, known by its key. */
  of(key: string, value: T): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.values.length + this.first;
      this.numbers.set(key, number);
      this.values.push(value);
    }
    return number;
  }

  get(number: number): T | undefined {
    return Number.isInteger(number) ? this.values[number - this.first] : undefined;
  }
}
