# find_package(kettle_verify): the target kettle_verify::kettle_verify.
# The prefix is worked out from this file's place, so that the tree may be moved.
get_filename_component(_kettle_verify_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_path(kettle_verify_INCLUDE_DIR kettle_verify.h HINTS "${_kettle_verify_prefix}/include" NO_DEFAULT_PATH)
find_library(kettle_verify_LIBRARY kettle_verify
  HINTS "${_kettle_verify_prefix}"
  PATH_SUFFIXES "lib/${CMAKE_LIBRARY_ARCHITECTURE}" lib lib64
  NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(kettle_verify DEFAULT_MSG kettle_verify_LIBRARY kettle_verify_INCLUDE_DIR)
if(kettle_verify_FOUND AND NOT TARGET kettle_verify::kettle_verify)
  add_library(kettle_verify::kettle_verify UNKNOWN IMPORTED)
  set_target_properties(kettle_verify::kettle_verify PROPERTIES
    IMPORTED_LOCATION "${kettle_verify_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${kettle_verify_INCLUDE_DIR}")
endif()
unset(_kettle_verify_prefix)
