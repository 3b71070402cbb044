/* The licences of what is linked into the runtime: every AppImage must carry their texts. */
#ifndef MILLENNIUM_NOTICES_H
#define MILLENNIUM_NOTICES_H

extern const char NOTICES[];

#endif
