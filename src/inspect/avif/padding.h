#ifndef PADDING_H
#define PADDING_H

/* Before the first bit of a stream is read. */
void padding_begin(void);

/* Of all that was read since. */
int padding_is_zero(void);

#endif
