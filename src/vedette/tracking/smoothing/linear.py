"""Small dense matrices for the backward pass: Cholesky, triangular solves, products, eigenvectors. Inner kernels."""

from __future__ import annotations

import math
from typing import Final

from vedette.geo import Floats
from vedette.sensing.compiled import kernel

_SWEEPS: Final = 12
_MATRICES: Final = "void(float64[:,::1], float64[:,::1])"


@kernel(_MATRICES, inner=True)
def root(matrix: Floats, lower: Floats) -> None:
    """Cholesky factor of the lower triangle of a matrix (n, n), into lower; what is above its diagonal stays."""
    for k in range(matrix.shape[0]):
        for c in range(k + 1):
            total = matrix[k, c]
            for d in range(c):
                total -= lower[k, d] * lower[c, d]
            lower[k, c] = math.sqrt(max(total, 1e-300)) if c == k else total / lower[c, c]


@kernel(_MATRICES, inner=True)
def forward_solve(lower: Floats, rows: Floats) -> None:
    """Turn each row r of rows (m, n) into L⁻¹ r."""
    for i in range(rows.shape[0]):
        for k in range(lower.shape[0]):
            total = rows[i, k]
            for d in range(k):
                total -= lower[k, d] * rows[i, d]
            rows[i, k] = total / lower[k, k]


@kernel(_MATRICES, inner=True)
def backward_solve(lower: Floats, rows: Floats) -> None:
    """Turn each row r of rows (m, n) into L⁻ᵀ r."""
    n = lower.shape[0]
    for i in range(rows.shape[0]):
        for k in range(n - 1, -1, -1):
            total = rows[i, k]
            for d in range(k + 1, n):
                total -= lower[d, k] * rows[i, d]
            rows[i, k] = total / lower[k, k]


@kernel("void(float64[:,::1], float64[:,::1], float64[:,::1])", inner=True)
def times(one: Floats, other: Floats, product: Floats) -> None:
    """A Bᵀ of two matrices (·, 6)."""
    for k in range(one.shape[0]):
        for d in range(other.shape[0]):
            total = 0.0
            for c in range(6):
                total += one[k, c] * other[d, c]
            product[k, d] = total


@kernel("void(float64[:,::1])", inner=True)
def transpose(matrix: Floats) -> None:
    """Exchange the halves of a square matrix."""
    for k in range(matrix.shape[0]):
        for c in range(k):
            matrix[k, c], matrix[c, k] = matrix[c, k], matrix[k, c]


@kernel("void(float64[:,::1])", inner=True)
def even_out(matrix: Floats) -> None:
    """Make a square matrix symmetric where rounding has left it a little off."""
    for k in range(matrix.shape[0]):
        for c in range(k):
            matrix[k, c] = matrix[c, k] = 0.5 * (matrix[k, c] + matrix[c, k])


@kernel(_MATRICES, inner=True)
def diagonalise(matrix: Floats, vectors: Floats) -> None:
    """Jacobi: a symmetric matrix (n, n) becomes diagonal, its eigenvalues; the columns of vectors its eigenvectors."""
    n = matrix.shape[0]
    for k in range(n):
        for c in range(n):
            vectors[k, c] = 1.0 if k == c else 0.0
    for _ in range(_SWEEPS):
        off = whole = 0.0
        for k in range(n):
            whole += matrix[k, k] * matrix[k, k]
            for c in range(k):
                off += matrix[k, c] * matrix[k, c]
        if off <= 1e-30 * whole:
            break
        for k in range(n):
            for c in range(k):
                rotate(matrix, vectors, c, k)


@kernel("void(float64[:,::1], float64[:,::1], int64, int64)", inner=True)
def rotate(matrix: Floats, vectors: Floats, c: int, k: int) -> None:
    """Rotate axes c and k of a symmetric matrix so that its element (c, k) vanishes, and vectors with it."""
    if matrix[c, k] == 0.0:
        return
    slope = 0.5 * (matrix[k, k] - matrix[c, c]) / matrix[c, k]
    tangent = math.copysign(1.0, slope) / (abs(slope) + math.hypot(slope, 1.0))
    cosine = 1.0 / math.hypot(tangent, 1.0)
    sine = tangent * cosine
    for d in range(matrix.shape[0]):
        one, other = matrix[d, c], matrix[d, k]
        matrix[d, c], matrix[d, k] = cosine * one - sine * other, sine * one + cosine * other
        one, other = vectors[d, c], vectors[d, k]
        vectors[d, c], vectors[d, k] = cosine * one - sine * other, sine * one + cosine * other
    for d in range(matrix.shape[0]):
        one, other = matrix[c, d], matrix[k, d]
        matrix[c, d], matrix[k, d] = cosine * one - sine * other, sine * one + cosine * other
