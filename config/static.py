"""Static files under content-hashed names, compressed once, with module imports rewritten."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Modules of one build import each other by hashed name: no stale half of a release."""

    support_js_module_import_aggregation = True
