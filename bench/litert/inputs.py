"""Real inputs of the shared integer models, and files that are known to differ."""

import csv

import numpy as np

# Files whose outputs may differ from the reference kernels', and why.
EXCUSES = {
    "zoo/transformer-tiny/model.dyn.tflite":
        "integer weights beside floats become floats once (frontend/Tflite/README.md)",
}


def bitmap(path, detail):
    """A picture as the model's bytes: resized like the models' authors did."""
    from PIL import Image
    _, height, width, channels = detail["shape"]
    picture = Image.open(path).convert("RGB" if channels == 3 else "L")
    pixels = np.asarray(picture.resize((width, height), Image.BILINEAR))
    # Signed models take the same bytes, moved to the middle of the range.
    moved = pixels.astype(np.int64) - (128 if detail["dtype"] == np.int8 else 0)
    return moved.astype(detail["dtype"]).reshape(1, *detail["shape"])


def quantised(values, detail):
    """Numbers as the model's type."""
    kind = detail["dtype"]
    if values.dtype == kind or np.issubdtype(kind, np.floating):
        return values.astype(kind)
    scale, zero = detail["quantization"]
    limits = np.iinfo(kind)
    whole = np.rint(values.astype(np.float32) / np.float32(scale)) + zero
    return np.clip(whole, limits.min, limits.max).astype(kind)


def zoo(shared, path, details):
    """The inputs that the zoo's manifest names, sample by sample."""
    with open(shared / "zoo" / "MANIFEST.tsv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if path.parent.name == row["folder"] and path.name == row["file"]:
                arrays = [np.load(path.parent / name) for name in row["inputs"].split(";")]
                if any(array.size % np.prod(one["shape"]) for array, one in zip(arrays, details)):
                    return None
                return [quantised(array, one).reshape(-1, *one["shape"])[:20]
                        for array, one in zip(arrays, details, strict=True)]
    return None


def real(shared, path, details):
    """Real samples for a file, a list of arrays; nothing where there are none."""
    corpus = shared / "corpus"
    first = details[0]
    pictures = {
        "mobilenet": ("cat.bmp", "grace_hopper.bmp", "sunflower.bmp", "bird.bmp"),
        "deeplab": ("bird_segmentation.bmp",),
        "movenet": ("squat.bmp",),
    }
    if path.is_relative_to(shared / "zoo"):
        return zoo(shared, path, details)
    if path.parent.name == "coral-tflite":
        for name, files in pictures.items():
            if path.name.startswith(name):
                return [np.concatenate([bitmap(path.parent / file, first) for file in files])]
    if path.name == "person_detect.tflite":
        return [np.concatenate([bitmap(path.parent / name, first)
                                for name in ("person.bmp", "no_person.bmp")])]
    if path.name == "kws_ref_model.tflite":
        clips = np.load(corpus / "data-speech-commands-kws01" / "mfcc_int8.npy")
        return [clips[:50].reshape(-1, *first["shape"])]
    if path.name == "pretrainedResnet_quant.tflite":
        images = np.load(corpus / "data-cifar10" / "lossless_train_x.npy")[:50]
        return [(images.astype(np.int64) - 128).astype(np.int8).reshape(-1, *first["shape"])]
    return None
