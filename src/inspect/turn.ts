/** How a stored picture is shown: mirrored along its own axes first, then axes swapped. */
export interface Turn {
  readonly flipAcross: boolean;
  readonly flipDown: boolean;
  readonly swap: boolean;
}

export const AS_STORED: Turn = { flipAcross: false, flipDown: false, swap: false };

/** EXIF 2.32, tag 0x0112 (1–8): where the stored picture's first row and first column are shown. */
export function turnOf(orientation: number): Turn {
  if (orientation === 1) return AS_STORED;
  return {
    flipAcross: [2, 3, 7, 8].includes(orientation),
    flipDown: [3, 4, 6, 7].includes(orientation),
    swap: orientation >= 5,
  };
}

/** Left and right of what `turn` shows exchanged. */
export function mirroredAcross(turn: Turn): Turn {
  return turn.swap
    ? { ...turn, flipDown: !turn.flipDown }
    : { ...turn, flipAcross: !turn.flipAcross };
}

/** Top and bottom of what `turn` shows exchanged. */
export function mirroredDown(turn: Turn): Turn {
  return turn.swap
    ? { ...turn, flipAcross: !turn.flipAcross }
    : { ...turn, flipDown: !turn.flipDown };
}

/** What `turn` shows, a quarter anticlockwise. */
export function rotated(turn: Turn): Turn {
  return mirroredDown({ ...turn, swap: !turn.swap });
}

/** A square of `side` × `side`, its axes swapped. */
export function transposed(samples: Float32Array, side: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    samples,
    (_, at) => samples[(at % side) * side + Math.floor(at / side)]!,
  );
}
