/* SPDX-License-Identifier: MIT */
/*
 * The frame in the window. Whole multiples are drawn as they are; else each pixel is repeated
 * until the picture is at least as large as wanted and then shrunk smoothly: that keeps edges
 * sharp at any size. Nothing here waits for the screen's refresh.
 */
#include "frontend/sdl.h"

#include <stdlib.h>

/* Window sizes that we offer, the largest that fits is taken. */
static const SDL_Point sizes[] = {{1280, 960}, {960, 720}, {800, 600}, {640, 480}};

static SDL_Point first_size(void)
{
    SDL_Rect desk = {0, 0, 1280, 1024};
    size_t i = 0;

    SDL_GetDisplayUsableBounds(0, &desk);
    while (i + 1 < ARRAY_LEN(sizes) &&
           (sizes[i].x > desk.w * 95 / 100 || sizes[i].y > desk.h * 95 / 100))
        i++;
    return sizes[i];
}

bool sdl_picture_open(struct sdl_picture *picture, bool full_screen)
{
    SDL_Point size = first_size();
    u32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI |
                (full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);

    memset(picture, 0, sizeof *picture);
    picture->window = SDL_CreateWindow("twin86", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                       size.x, size.y, flags);
    if (picture->window)
        picture->renderer = SDL_CreateRenderer(picture->window, -1, 0);
    if (picture->window && !picture->renderer)
        picture->renderer = SDL_CreateRenderer(picture->window, -1, SDL_RENDERER_SOFTWARE);
    if (!picture->renderer) {
        sdl_picture_close(picture);
        return false;
    }
    SDL_SetWindowMinimumSize(picture->window, 320, 240);
    sdl_picture_redraw(picture);
    return true;
}

static void drop(SDL_Texture **texture)
{
    if (*texture)
        SDL_DestroyTexture(*texture);
    *texture = NULL;
}

static void drop_frame(struct sdl_picture *picture)
{
    drop(&picture->texture);
    free(picture->shown);
    picture->shown = NULL;
}

void sdl_picture_close(struct sdl_picture *picture)
{
    drop_frame(picture);
    drop(&picture->sharp);
    if (picture->renderer)
        SDL_DestroyRenderer(picture->renderer);
    if (picture->window)
        SDL_DestroyWindow(picture->window);
    memset(picture, 0, sizeof *picture);
}

/* A texture for WIDTH x HEIGHT pixels of the frame. */
static void fit_texture(struct sdl_picture *picture, u32 width, u32 height)
{
    if (picture->texture && picture->width == width && picture->height == height)
        return;
    drop_frame(picture);
    picture->texture = SDL_CreateTexture(picture->renderer, SDL_PIXELFORMAT_RGB888,
                                         SDL_TEXTUREACCESS_STREAMING, (int)width, (int)height);
    if (picture->texture)
        SDL_SetTextureScaleMode(picture->texture, SDL_ScaleModeNearest);
    picture->width = width;
    picture->height = height;
}

/* A texture to enlarge into, unless the picture is drawn at once; NULL also where the host has
 * none to offer. */
static void fit_sharp(struct sdl_picture *picture, const struct fit *fit)
{
    u32 width = picture->width * fit->times_x, height = picture->height * fit->times_y;

    if (picture->sharp && !fit->whole && picture->sharp_width == width &&
        picture->sharp_height == height)
        return;
    drop(&picture->sharp);
    if (fit->whole)
        return;
    picture->sharp = SDL_CreateTexture(picture->renderer, SDL_PIXELFORMAT_RGB888,
                                       SDL_TEXTUREACCESS_TARGET, (int)width, (int)height);
    if (picture->sharp)
        SDL_SetTextureScaleMode(picture->sharp, SDL_ScaleModeLinear);
    picture->sharp_width = width;
    picture->sharp_height = height;
}

static void draw(struct sdl_picture *picture, const SDL_Rect *where)
{
    if (!picture->sharp || SDL_SetRenderTarget(picture->renderer, picture->sharp)) {
        SDL_RenderCopy(picture->renderer, picture->texture, NULL, where);
        return;
    }
    SDL_RenderCopy(picture->renderer, picture->texture, NULL, NULL);
    SDL_SetRenderTarget(picture->renderer, NULL);
    SDL_RenderCopy(picture->renderer, picture->sharp, NULL, where);
}

void sdl_picture_redraw(struct sdl_picture *picture)
{
    int width = 0, height = 0;
    struct fit fit;

    SDL_SetRenderDrawColor(picture->renderer, 0, 0, 0, 255);
    SDL_RenderClear(picture->renderer);
    if (picture->texture && !SDL_GetRendererOutputSize(picture->renderer, &width, &height) &&
        width > 0 && height > 0) {
        fit = fit_picture(picture->width, picture->height, (u32)width, (u32)height);
        picture->where = (SDL_Rect){(int)fit.x, (int)fit.y, (int)fit.width, (int)fit.height};
        fit_sharp(picture, &fit);
        draw(picture, &picture->where);
    }
    SDL_RenderPresent(picture->renderer);
}

static int between(int n, int low, int size)
{
    int last = size > 1 ? size - 1 : 1;

    n -= low;
    return (n < 0 ? 0 : n > last ? last : n) * INPUT_RANGE / last;
}

/* The window counts in points, of which a dense screen has fewer than pixels. */
SDL_Point sdl_picture_place(const struct sdl_picture *picture, s32 x, s32 y)
{
    int width = 0, height = 0, points_wide = 0, points_high = 0;

    SDL_GetWindowSize(picture->window, &points_wide, &points_high);
    if (SDL_GetRendererOutputSize(picture->renderer, &width, &height) || points_wide < 1 ||
        points_high < 1)
        return (SDL_Point){0, 0};
    return (SDL_Point){
        between(x * width / points_wide, picture->where.x, picture->where.w),
        between(y * height / points_high, picture->where.y, picture->where.h),
    };
}

/* Keep FRAME's pixels; false: they are those that the texture has already. */
static bool is_new(struct sdl_picture *picture, const struct frame *frame)
{
    size_t bytes = (size_t)frame->width * frame->height * sizeof *frame->pixels;

    if (picture->shown && !memcmp(picture->shown, frame->pixels, bytes))
        return false;
    if (!picture->shown)
        picture->shown = malloc(bytes);
    if (picture->shown)
        memcpy(picture->shown, frame->pixels, bytes);
    return true;
}

void sdl_picture_show(struct sdl_picture *picture, const struct frame *frame)
{
    picture->frame = frame;
    if (!frame->width || !frame->height)
        return;
    fit_texture(picture, frame->width, frame->height);
    if (!picture->texture || !is_new(picture, frame))
        return;
    SDL_UpdateTexture(picture->texture, NULL, frame->pixels, (int)(frame->width * 4));
    sdl_picture_redraw(picture);
}

void sdl_picture_lost(struct sdl_picture *picture)
{
    drop_frame(picture);
    drop(&picture->sharp);
    if (picture->frame)
        sdl_picture_show(picture, picture->frame);
}
