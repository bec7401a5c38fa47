"""Where the pages are in tests, and what would like to be obeyed there."""

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
HOSTILE = (
    "<script>window.pwned=1</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) \u202e"
)
