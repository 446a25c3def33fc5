// gcc 12 -g -c paddings.c; pahole paddings.o > paddings.txt
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64; typedef unsigned __int128 u128;
typedef u32 aligned_u32 __attribute__((aligned(32)));
struct scalar { u64 a; u32 b; u64 :64; u64 :64; }; struct scalar v1;
struct bits { u64 a; u32 b:3; u64 :64; u64 :64; }; struct bits v2;
struct array { u64 a; u8 b[4]; u64 :64; u64 :64; }; struct array v3;
struct odd_array { u64 a; u8 b[3]; u64 :64; u64 :64; }; struct odd_array v4;
struct pointer { void *a; void (*b)(int); u64 :64; u64 :64; }; struct pointer v5;
struct record { u64 a; struct { u32 b; u32 c; } d; u64 :64; u64 :64; }; struct record v6;
struct inner { u64 a; struct { u64 b; u8 c; u64 :64; }; u64 d; }; struct inner v7;
struct small { u64 a; u32 b; u64 :64; }; struct small v8;
struct exact { u64 a; u64 :64; }; struct exact v9;
struct asked { u64 a; } __attribute__((aligned(32))); struct asked v10;
struct by_member { u64 a __attribute__((aligned(32))); u32 b; }; struct by_member v11;
struct by_typedef { aligned_u32 a; u8 b; }; struct by_typedef v12;
struct by_record { struct asked a; u8 b; }; struct by_record v13;
struct wide { u128 a; u8 b; }; struct wide v14;
