/** Pieces of an address space that do not overlap, in order; immutable. */

export interface Piece<T> {
  readonly start: bigint;
  /** Not included. */
  readonly end: bigint;
  readonly value: T;
}

export type Pieces<T> = readonly Piece<T>[];

/** The pieces without a range. What a piece's value means may depend on its start: `cut` gives the value of the rest. */
export function without<T>(
  pieces: Pieces<T>,
  start: bigint,
  end: bigint,
  cut: (value: T, by: bigint) => T = (value) => value,
): Piece<T>[] {
  return pieces.flatMap((piece) => {
    if (piece.end <= start || end <= piece.start) return [piece];
    const left = piece.start < start ? [{ ...piece, end: start }] : [];
    const right = end < piece.end ? [{ start: end, end: piece.end, value: cut(piece.value, end - piece.start) }] : [];
    return [...left, ...right];
  });
}

/** The pieces with one more, in place of what was there. */
export function including<T>(pieces: Pieces<T>, piece: Piece<T>, cut?: (value: T, by: bigint) => T): Piece<T>[] {
  return [...without(pieces, piece.start, piece.end, cut), piece].sort((a, b) => (a.start < b.start ? -1 : 1));
}

export function pieceAt<T>(pieces: Pieces<T>, address: bigint): Piece<T> | undefined {
  return pieces.find(({ start, end }) => start <= address && address < end);
}

/** The first address of a range that no piece holds. */
export function firstGap<T>(pieces: Pieces<T>, start: bigint, end: bigint): bigint | undefined {
  let at = start;
  while (at < end) {
    const piece = pieceAt(pieces, at);
    if (!piece) return at;
    at = piece.end;
  }
  return undefined;
}
