// gcc 12 -g -c bitfields.c; pahole bitfields.o > bitfields.txt
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
struct t6 { u8 a:3; u16 b:9; u32 c:25; u64 d:60; } __attribute__((packed)); struct t6 v1;
struct forced { u16 a; u32 b:3; u32 c; u32 d:15; u8 e:7; u16 :1; u16 f:7; u16 g:9; }; struct forced v2;
struct borrowed { u8 a:4; u64 b:16; u8 c; u8 d:3; u64 e:29; }; struct borrowed v3;
struct next { u64 a:1; u32 b:29; u8 c[3]; u16 d:4; }; struct next v4;
struct inner { u64 x; u8 y; };
struct outer { struct inner a; u8 b; struct inner c[2]; u8 d __attribute__((__aligned__(16))); u32 e:3; }; struct outer v5;
struct one { u8 a:7; }; struct one v6;
