/**
 * Solves a symmetric positive definite system by Cholesky's decomposition. `system` has `n` rows of
 * n + 1 numbers, of which the upper half is read; the last column is the right side. `undefined`
 * when it is singular.
 */
export function solveSymmetric(system: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = system[col * (n + 1) + row] as number;
      for (let k = 0; k < col; k++) {
        sum -= (lower[row * n + k] as number) * (lower[col * n + k] as number);
      }
      if (row > col) lower[row * n + col] = sum / (lower[col * n + col] as number);
      else if (sum > 0) lower[row * n + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  const x = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let sum = system[row * (n + 1) + n] as number;
    for (let k = 0; k < row; k++) sum -= (lower[row * n + k] as number) * (x[k] as number);
    x[row] = sum / (lower[row * n + row] as number);
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < n; k++) sum -= (lower[k * n + row] as number) * (x[k] as number);
    x[row] = sum / (lower[row * n + row] as number);
  }
  return x;
}
