/**
 * Layout of the small picture that the second look of dedupe compares.
 *
 * The whole picture, as shown (EXIF orientation applied, alpha on white), is squashed to a square
 * by area averaging (every source pixel counts, none is picked) and kept as 8-bit JPEG YCbCr
 * (full range, 128 is neutral), planes one after the other, each row-major:
 *
 *     LUMA_SIDE × LUMA_SIDE Y · CHROMA_SIDE × CHROMA_SIDE Cb · CHROMA_SIDE × CHROMA_SIDE Cr
 *
 * Why 48: a crop of 5 % moves the edges by 1.2 of 48 samples, so both pictures are put over each
 * other by sub-sample shifts. At 32 the box average leaves too much energy near Nyquist for that
 * (textured photos stop matching themselves); 64 costs 1.8 times the bytes and gains nothing after
 * the slight blur that the comparison needs anyway. Colour only has to tell a tint, so 16 do.
 * A picture smaller than the square is enlarged by repeating samples (area averaging does that).
 */
export const LUMA_SIDE = 48;
export const CHROMA_SIDE = 16;

/** 2,816 bytes. */
export const THUMBNAIL_BYTES = LUMA_SIDE * LUMA_SIDE + 2 * CHROMA_SIDE * CHROMA_SIDE;
