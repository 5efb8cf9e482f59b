# Compiles the modules of a folder, so that whoever loads them need not: `compile.py <folder>`. It runs none of them, and prints what is wrong as JSON.
import importlib.util
import json
import os
import py_compile
import sys


def compile_folder(folder: str) -> list:
    problems = []
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                problem = compile_file(os.path.join(path, name))
                if problem is not None:
                    problems.append(
                        {
                            "file": os.path.relpath(os.path.join(path, name), folder),
                            **problem,
                        }
                    )
    return problems


def compile_file(path: str):
    try:
        # What is compiled is right whatever the times of files say.
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(
            path,
            cfile=importlib.util.cache_from_source(path),
            doraise=True,
            invalidation_mode=mode,
        )
        return None
    except py_compile.PyCompileError as error:
        found = error.exc_value
        if isinstance(found, SyntaxError):
            return {"line": found.lineno, "column": found.offset, "message": found.msg}
        return {"line": None, "column": None, "message": str(found)}
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return {
            "line": None,
            "column": None,
            "message": f"cannot be compiled: {error!r}",
        }


print(json.dumps({"problems": compile_folder(sys.argv[1])}))
